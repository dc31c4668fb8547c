"""An SMTP server for tests: TLS, a log-in, and a mailbox. Arguments: port, mailbox, certificate, key, "starttls" or "smtps"."""
import ssl
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import AuthResult

port, box, cert, key, how = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)


def authenticate(server, session, envelope, mechanism, data):
    good = getattr(data, "login", None) == b"nodemend" and getattr(data, "password", None) == b"hunter2"
    return AuthResult(success=good, handled=False)


wrapped = how == "smtps"
tls = {"ssl_context": context} if wrapped else {"tls_context": context, "require_starttls": True}
Controller(
    Mailbox(box),
    hostname="127.0.0.1",
    port=int(port),
    authenticator=authenticate,
    auth_required=True,
    auth_require_tls=not wrapped,
    **tls,
).start()
threading.Event().wait()
