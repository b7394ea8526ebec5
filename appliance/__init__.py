"""The phone system of a small office: everything that runs in the pbx process."""
