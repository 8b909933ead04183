"""What was last published of each record of a stream: receipts per chunk, one sorted index per stream."""
