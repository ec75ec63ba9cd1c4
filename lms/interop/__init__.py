"""Adapters in and out: REST API, OIDC, SCIM, xAPI, SCORM, LTI, SIASN. Nothing stands here yet."""
