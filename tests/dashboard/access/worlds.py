"""Settings of sign-in: by a provider, and by a proxy."""

OIDC = """
[roles]
administrator.subjects = ["root"]
lead.subjects = ["lea"]
reviewer.groups = ["pathology"]

[names]
lea = "Dr Lea"

[oidc]
metadata_url = "https://id.example/.well-known/openid-configuration"
client_id = "review"
client_secret = "told by the provider"
cookie_secret = "a secret of the tests that is long enough"
redirect_uri = "https://review.example/oauth2callback"
"""
PROXY = """
[roles]
administrator.subjects = ["root"]
reviewer.groups = ["pathology"]

[proxy]
header = "X-Forwarded-User"
addresses = ["10.1.2.3", "fd00::/64"]
name_header = "X-Forwarded-Name"
groups_header = "X-Forwarded-Groups"
"""
