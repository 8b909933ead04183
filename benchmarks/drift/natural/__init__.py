"""What ERP data does by itself while nothing changes in the API; written from how companies work."""
