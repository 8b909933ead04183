"""The web console on one machine: built from console/, served on 127.0.0.1 as CloudFront serves it on AWS."""
