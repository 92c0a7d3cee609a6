"""Reads and issues certificates. Keys are never printed."""
import ipaddress
from datetime import datetime, timedelta, timezone

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

USAGES = {'serverAuth': ExtendedKeyUsageOID.SERVER_AUTH, 'clientAuth': ExtendedKeyUsageOID.CLIENT_AUTH}


class Authority:
    def __init__(self, certificate_pem, key_pem):
        self.pem = certificate_pem
        self.certificate = x509.load_pem_x509_certificate(certificate_pem)
        self._key = serialization.load_pem_private_key(key_pem, None)

    def facts(self):
        return _life(self.certificate)

    def describe(self, data):
        """What renewal_plan needs to know of the certificate in a Secret's data (bytes by key)."""
        try:
            certificate = x509.load_pem_x509_certificate(data['tls.crt'])
            key = serialization.load_pem_private_key(data['tls.key'], None)
        except KeyError as error:
            return {'error': 'the Secret has no key %s' % error.args[0]}
        except ValueError:
            return {'error': 'the Secret holds no readable certificate and key'}
        if key.public_key() != certificate.public_key():
            return {'error': 'the key is not that of the certificate'}
        names = _extension(certificate, x509.SubjectAlternativeName)
        usages = _extension(certificate, x509.ExtendedKeyUsage) or []
        common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return {
            **_life(certificate),
            'commonName': common[0].value if common else '',
            'dnsNames': names.get_values_for_type(x509.DNSName) if names else [],
            'ipAddresses': [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] if names else [],
            'usages': [next((n for n, oid in USAGES.items() if oid == usage), usage.dotted_string) for usage in usages],
            'issued': self._issued(certificate) and data.get('ca.crt', b'').strip() == self.pem.strip(),
        }

    def issue(self, profile):
        """A new key and certificate, as the data of a Secret."""
        key = ec.generate_private_key(ec.SECP256R1())
        # A little in the past: clocks of clients differ.
        begin = datetime.now(timezone.utc) - timedelta(minutes=5)
        end = min(begin + timedelta(days=profile['days']), self.certificate.not_valid_after_utc)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, profile['commonName'])])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_signing(), critical=True)
            .add_extension(x509.ExtendedKeyUsage([USAGES[usage] for usage in profile['usages']]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(self._identifier(), critical=False)
        )
        names = [x509.DNSName(name) for name in profile['dnsNames']]
        names += [x509.IPAddress(ipaddress.ip_address(address)) for address in profile['ipAddresses']]
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        encoded = serialization.Encoding.PEM
        private = key.private_bytes(encoded, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return {'tls.crt': certificate.public_bytes(encoded), 'tls.key': private, 'ca.crt': self.pem}, end

    def _identifier(self):
        own = _extension(self.certificate, x509.SubjectKeyIdentifier)
        if own is not None:
            return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(self.certificate.public_key())

    def _issued(self, certificate):
        try:
            certificate.verify_directly_issued_by(self.certificate)
            return True
        except Exception:  # the library raises by kind of mismatch; any of them means no
            return False


def _life(certificate):
    return {
        'notBefore': certificate.not_valid_before_utc.timestamp(),
        'notAfter': certificate.not_valid_after_utc.timestamp(),
    }


def _extension(certificate, kind):
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _signing():
    off = ('content_commitment', 'key_encipherment', 'data_encipherment', 'key_agreement', 'key_cert_sign', 'crl_sign')
    return x509.KeyUsage(digital_signature=True, encipher_only=False, decipher_only=False, **{name: False for name in off})
