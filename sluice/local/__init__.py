"""One machine: the embedded AWS, folders and memory in place of AWS's stores."""
