"""The audit trail: rows inserted by whoever acts, sealed into a hash chain by a job each minute."""
