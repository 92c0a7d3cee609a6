"""TLS contexts that verify what matters, also with Kubernetes' own certificates.

Since Python 3.13 the default context has VERIFY_X509_STRICT, under which a CA without Authority Key Identifier is no
CA. That of kubeadm, of EKS and of many others has none, as RFC 5280 (4.2.1.1) allows a self-signed one to: every call
of the API then fails (kubernetes-client/python#2394, tomplus/kubernetes_asyncio#349). Chain, validity and host name are
verified all the same.
"""
import ssl

STRICT = getattr(ssl, 'VERIFY_X509_STRICT', 0)


def verifying(authority):
    context = ssl.create_default_context(cafile=authority)
    context.verify_flags &= ~STRICT
    return context
