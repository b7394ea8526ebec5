"""`python -m appliance` is `autocom`."""

import sys

from appliance.cli import main

sys.exit(main())
