"""What was typed into a form that could not be taken: kept on a page that sends it once more."""

from __future__ import annotations

from aiohttp import web

from webui.page import render

# More than any form of ours holds; what is larger comes from elsewhere, or carries a file.
MOST_BYTES = 1024 * 1024
# Passwords are not written into a page: they are asked for again.
SECRETS = frozenset({"password", "current_password"})


async def keep_typed(request: web.Request, status: int) -> web.Response | None:
    """The page that keeps a form's inputs: 503 while the box is away, 401 when nobody is signed in.

    Files are not kept. None where nothing was typed, or too much to be a form.
    """
    if request.method != "POST" or request.content_length is None or request.content_length > MOST_BYTES:
        return None
    posted = await request.post()
    typed = [(name, value) for name, value in posted.items() if isinstance(value, str)]
    secrets = [name for name, value in typed if name in SECRETS and value]
    context = {
        "status": status,
        "typed": [(name, value) for name, value in typed if name not in secrets],
        "secrets": secrets,
        "files": any(isinstance(value, web.FileField) and value.filename for value in posted.values()),
    }
    response = render(request, "unsent.html", context)
    response.set_status(status)
    return response
