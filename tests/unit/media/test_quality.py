"""Quality: the estimate follows what listeners say of G.711 (ITU-T G.107)."""

import pytest

from appliance.media.quality import loss_fraction, mean_opinion_score


def test_a_clean_line_is_as_good_as_it_gets():
    assert mean_opinion_score(0.0) == 4.4


@pytest.mark.parametrize(("loss", "least", "most"), [(0.01, 4.1, 4.4), (0.05, 3.3, 4.0), (0.2, 1.5, 2.9)])
def test_loss_is_heard(loss, least, most):
    assert least <= mean_opinion_score(loss) <= most


def test_delay_is_noticed_late_and_the_scale_has_ends():
    assert mean_opinion_score(0.0, 5.0, 100.0) >= 4.2
    assert mean_opinion_score(0.0, 5.0, 900.0) < 3.6
    assert mean_opinion_score(1.0, 500.0, 3000.0) == 1.0


def test_the_share_lost():
    assert loss_fraction(0, 0) == 0.0
    assert loss_fraction(99, 1) == 0.01
    assert loss_fraction(10, -3) == 0.0
