"""Errors of the API: a status, and one entry for each field that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, Field

# Every code that control itself gives; records, checks and storage have their own (pages put all into words).
CODES: Mapping[str, str] = MappingProxyType(
    {
        "malformed_json": "The request is not a JSON object",
        "too_large": "The request is too large",
        "not_found": "There is nothing of that name",
        "method_not_allowed": "This cannot be done here",
        "sign_in_needed": "Sign in first",
        "not_allowed": "This is for an administrator",
        "locked": "An administrator has locked this setting",
        "wrong_password": "The name or the password is wrong",
        "wrong_claim_code": "This is not the claim code of this box",
        "too_many_attempts": "Too many attempts; wait {seconds} seconds",
        "already_claimed": "This box has an administrator already",
        "already_set_up": "This office is set up already",
        "not_set_up": "The office is not set up yet",
        "identifier_taken": "There is already a record of that name",
        "identifier_changed": "A record keeps its identifier",
        "changed_meanwhile": "Somebody else has changed this meanwhile",
        "last_administrator": "The last administrator stays",
        "own_account": "You cannot remove your own account",
        "password_too_short": "A password has at least {least} characters",
        "password_too_long": "A password has at most {most} characters",
        "not_an_upload": "The request holds no file",
        "no_audio": "There is no sound here",
        "unknown_caller": "This is not a caller's number",
        "unknown_called": "This is neither a number nor an extension of the office",
        "malformed_date": "This is not a date and time",
        "feed_not_calendar": "This is not an iCalendar file",
        "feed_too_large": "This calendar is too large",
        "too_many_days": "At most {most} days that differ",
        "moment_past": "This moment is over",
        "no_phone": "None of this person's phones is there",
        "no_line": "No line is up",
        "no_mobile": "This person has no mobile number",
        "mobile_is_ours": "This mobile is a number of the office",
        "mobile_not_verified": "This mobile is not verified",
        "mobile_not_callable": "The mobile cannot be called by the rules of calls to the outside",
        "code_on_its_way": "The mobile is being called already",
        "code_wrong": "This is not the code; {left} attempts left",
        "code_over": "No code is expected: it has expired, or was used, or was wrong too often",
        "call_back_not_allowed": "You may only ask for call-backs by yourself or by a group of yours",
        "call_back_barred": "This number may not be called",
        "call_back_over": "This call-back is being made, or is over",
        "too_many_call_backs": "Too many people are to be called back already",
        "forward_number_missing": "The number that the operator forwards to is missing",
        "forward_not_set_up": "The operator's forward is not set up yet",
        "forward_being_tested": "The forward of this line is being tested",
        "line_not_up": "This line is not up",
        "emergency_lately": "Somebody has called for help within the hour, and may be called back",
        "no_test_to_judge": "The forward of this line has not been tested",
        "no_such_call": "This call is over",
        "day_not_used": "This person does not start and end their day",
        "call_not_allowed": "This person may not place this call",
        "no_mail": "There is no e-mail for this message",
        "no_voice": "The program espeak-ng is not installed",
        "voice_failed": "This text could not be spoken",
        "internal_error": "Something went wrong in the box",
    }
)


class FieldError(BaseModel):
    """What is wrong with one field: its dotted path ("" for the whole), a code, the code's parameters, in
    English.

    `collection` and `id` name the record when it is not the one that was sent.
    """

    field: str = ""
    code: str
    parameters: dict[str, str] = Field(default_factory=dict)
    message: str = ""
    collection: str | None = None
    id: str | None = None


class Errors(BaseModel):
    """The body of every answer that refuses."""

    errors: tuple[FieldError, ...]


class ApiError(Exception):
    """A refusal: the HTTP status, and what is wrong."""

    def __init__(
        self, status: int, errors: Sequence[FieldError], headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(", ".join(f"{error.field or '-'}: {error.code}" for error in errors))
        self.status = status
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def below(self, prefix: str) -> ApiError:
        """The same, the fields as whoever sent what became the record's part `prefix` names them."""
        return self.renamed(lambda field: field.removeprefix(f"{prefix}."))

    def renamed(self, name: Callable[[str], str]) -> ApiError:
        """The same, the fields of the record that was sent under other names."""
        errors = [
            error if error.collection else error.model_copy(update={"field": name(error.field)})
            for error in self.errors
        ]
        return ApiError(self.status, errors, self.headers)

    def body(self) -> dict[str, Any]:
        """The JSON body of the answer."""
        return Errors(errors=self.errors).model_dump(exclude_none=True)


def refusal(status: int, code: str, field: str = "", **parameters: str) -> ApiError:
    """An ApiError of one entry, by a code of CODES."""
    message = CODES[code].format_map(parameters)
    return ApiError(status, [FieldError(field=field, code=code, parameters=parameters, message=message)])


def not_found() -> ApiError:
    """404: there is nothing of that name (or it is none of the caller's business)."""
    return refusal(404, "not_found")
