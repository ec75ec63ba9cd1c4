"""The demo government "Pemerintah Kota Tirtamulya": invented, deterministic, made through the services."""
