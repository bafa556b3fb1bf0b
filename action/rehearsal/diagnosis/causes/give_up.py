"""When to stop waiting for an app with a cause that waiting does not remove.

An app that is still starting may look the same for a while: these limits say how long, and why.
"""

from rehearsal.diagnosis.rules import GiveUp, Pattern

# All in seconds. A framework reads its settings for hosts and https once, before its first answer.
# Another server may answer in its place while it starts; this is the time for that.
SETTINGS = GiveUp(after=2.0, certain=True)
# A server that listens on the wrong address rarely changes that. But some first listen there for
# a helper of their own.
ADDRESS = GiveUp(after=4.0, certain=True)
# Some servers (Tomcat, for example) listen first and then deploy the app for seconds; until then
# they answer 404. Others first listen on a port for metrics or debugging.
DEPLOYMENT = GiveUp(after=10.0)

# What a 500 says may become right by itself: a database may still start. These errors do not.
INTERNAL_ERROR = Pattern("answer", r"^HTTP status 500\b")
LASTING_ERROR = GiveUp(after=10.0, only_if=(INTERNAL_ERROR,))
# In a network other containers may share the database, and one of them may still migrate it.
OWN_DATABASE = GiveUp(after=10.0, only_if=(INTERNAL_ERROR, Pattern("inputs", r"^network none$")))
