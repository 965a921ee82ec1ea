"""What the Python clients of the compatibility suite share: the talk with the suite on stdin and stdout (suite.py), the
scenarios (scenarios_*.py, steps.py), and what they need of a client library (client.py)."""
