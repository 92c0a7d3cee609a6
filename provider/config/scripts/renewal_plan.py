"""Whether a certificate must be issued anew, and why. Pure: plain values in, texts out."""

# Renewed when this part of its life is over, so that a third remains to notice that renewing fails.
LIFE = 2 / 3


def reasons(profile, found, authority, now):
    """Why the certificate of a profile is not good any more; empty if it is.

    `found`: None, or {'error'} when the Secret does not hold a certificate and its key, or what the certificate says:
    {'commonName', 'dnsNames', 'ipAddresses', 'usages', 'notBefore', 'notAfter', 'issued': by this CA}.
    `authority`: {'notAfter'}. Times are seconds since 1970."""
    if 'error' in found:
        return [found['error']]
    why = []
    if not found['issued']:
        why.append('not issued by the present CA')
    for key, name in (('commonName', 'common name'),):
        if found[key] != profile[key]:
            why.append('%s is %s, wanted is %s' % (name, found[key], profile[key]))
    for key, name in (('dnsNames', 'names'), ('ipAddresses', 'addresses'), ('usages', 'usages')):
        missing = sorted(set(profile[key]) - set(found[key]))
        beyond = sorted(set(found[key]) - set(profile[key]))
        if missing:
            why.append('%s without %s' % (name, ', '.join(missing)))
        if beyond:
            why.append('%s with %s, which is not wanted' % (name, ', '.join(beyond)))
    if spent(found, now):
        # Where the CA itself ends first, a new certificate would not last longer.
        if found['notAfter'] < authority['notAfter'] or found['notAfter'] <= now:
            why.append('over two thirds of its life have passed')
    return why


def spent(certificate, now):
    life = certificate['notAfter'] - certificate['notBefore']
    return now > certificate['notBefore'] + life * LIFE


def authority_trouble(authority, now):
    """What is to be said of the CA; None while all is well."""
    if now >= authority['notAfter']:
        return 'the CA has expired: clients that verify refuse the cluster; see docs/certificates.md, "A new CA"'
    if spent(authority, now):
        days = int((authority['notAfter'] - now) // 86400)
        return 'the CA expires in %d days and is not renewed by itself: see docs/certificates.md, "A new CA"' % days
    return None
