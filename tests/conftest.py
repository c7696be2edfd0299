"""What holds for all tests."""

import signal

# A shell that starts the tests in the background has them ignore Ctrl-C, and with them every
# program that they start: then the tests of Ctrl-C would wait for nothing.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
