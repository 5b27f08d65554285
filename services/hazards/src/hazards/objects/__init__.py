"""Where the bytes of evidence lie: a local folder or a bucket that speaks the S3 API, behind one interface."""
