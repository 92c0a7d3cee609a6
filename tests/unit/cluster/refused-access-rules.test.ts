import { refuses } from './refused';

refuses('lines of pg_hba.conf and pg_ident.conf', [
  [
    'trust',
    { config: { hba: ['host all all 0.0.0.0/0 trust'] } },
    'config.hba[0]: found "host all all 0.0.0.0/0 trust": "trust" lets in anybody who reaches the server, as any user; allowed: scram-sha-256, cert, ldap, radius, pam, gss, md5, reject, peer or oauth. Write scram-sha-256. [hba-trust]',
  ],
  [
    'local trust',
    { config: { hba: ['local all all trust'] } },
    'config.hba[0]: found "local all all trust": "trust" lets in anybody who reaches the server, as any user; allowed: scram-sha-256, cert, ldap, radius, pam, gss, md5, reject, peer or oauth. Write scram-sha-256. [hba-trust]',
  ],
  [
    'a method with a typo',
    { config: { hba: ['hostssl all all all scram-sha-265'] } },
    'config.hba[0]: found "hostssl all all all scram-sha-265": method "scram-sha-265"; allowed: scram-sha-256, cert, ldap, radius, pam, gss, md5, reject, peer or oauth. [hba-method]',
  ],
  [
    'password in clear',
    { config: { hba: ['hostssl all all all password'] } },
    'config.hba[0]: found "hostssl all all all password": "password" trusts the other side with too much; allowed: scram-sha-256, cert, ldap, radius, pam, gss, md5, reject, peer or oauth. Write scram-sha-256. [hba-method]',
  ],
  [
    'a line without TLS',
    { config: { hba: ['hostnossl all all all scram-sha-256'] } },
    'config.hba[0]: found "hostnossl all all all scram-sha-256"; allowed: connections with TLS; those without are rejected before this line. [hba-line]',
  ],
  [
    'an address without a mask',
    { config: { hba: ['hostssl all all 10.0.0.1 scram-sha-256'] } },
    'config.hba[0]: found "hostssl all all 10.0.0.1 scram-sha-256"; allowed: a line "hostssl DATABASE USER ADDRESS METHOD", for example "hostssl app app 10.0.0.0/8 scram-sha-256". [hba-line]',
  ],
  [
    'a mask too long',
    { config: { hba: ['hostssl all all 10.0.0.0/33 scram-sha-256'] } },
    'config.hba[0]: found "hostssl all all 10.0.0.0/33 scram-sha-256"; allowed: a line "hostssl DATABASE USER ADDRESS METHOD", for example "hostssl app app 10.0.0.0/8 scram-sha-256". [hba-line]',
  ],
  [
    'a line without a method',
    { config: { hba: ['hostssl all all all'] } },
    'config.hba[0]: found "hostssl all all all"; allowed: a line "hostssl DATABASE USER ADDRESS METHOD", for example "hostssl app app 10.0.0.0/8 scram-sha-256". [hba-line]',
  ],
  [
    'a quote that does not end',
    { config: { hba: ['hostssl "all all all scram-sha-256'] } },
    'config.hba[0]: found "hostssl \\"all all all scram-sha-256"; allowed: quotes in pairs. [access-line]',
  ],
  [
    'two lines in one',
    { config: { hba: ['hostssl all all all reject\nhost all all all trust'] } },
    'config.hba[0]: found "hostssl all all all reject\\nhost all all all trust"; allowed: one line an item, without a line end in it or a "\\" at its end. [access-line]',
  ],
  [
    'a line that goes on',
    { config: { hba: ['hostssl all all all scram-sha-256 \\'] } },
    'config.hba[0]: found "hostssl all all all scram-sha-256 \\\\"; allowed: one line an item, without a line end in it or a "\\" at its end. [access-line]',
  ],
  [
    'a file',
    { config: { hba: ['include /tmp/x'] } },
    'config.hba[0]: found "include /tmp/x"; allowed: the rules themselves: there is no file in the pod to include. [access-line]',
  ],
  [
    'users from a file',
    { config: { hba: ['hostssl all @admins all scram-sha-256'] } },
    'config.hba[0]: found "hostssl all @admins all scram-sha-256"; allowed: the rules themselves: there is no file in the pod to include. [access-line]',
  ],
  [
    'peer over TCP',
    { config: { hba: ['hostssl all all all peer'] } },
    'config.hba[0]: found "hostssl all all all peer"; allowed: "peer" on a line of type local. [hba-method]',
  ],
  [
    'a certificate without TLS',
    { config: { hba: ['host all all all cert'] } },
    'config.hba[0]: found "host all all all cert"; allowed: "cert" on a line of type hostssl. [hba-method]',
  ],
  [
    "the cluster's own map",
    { config: { ident: ['cluster mallory replicator'] } },
    'config.ident[0]: found "cluster mallory replicator"; allowed: maps of other names than cluster or socket, by which the cluster itself logs in. [ident-map]',
  ],
  [
    'a map of two words',
    { config: { ident: ['people app'] } },
    'config.ident[0]: found "people app"; allowed: a line "MAP SYSTEM-USER DATABASE-USER". [ident-line]',
  ],
  [
    'ldap without its base',
    { config: { hba: ['hostssl all all 10.0.0.0/8 ldap ldapserver=a'] } },
    'config.hba[0]: found "hostssl all all 10.0.0.0/8 ldap ldapserver=a"; allowed: "ldap" with the option ldapbasedn, ldapprefix, ldapsuffix or ldapurl. [hba-line]',
  ],
  [
    'oauth in PostgreSQL 17',
    { postgresVersion: 17, config: { hba: ['hostssl all all 10.0.0.0/8 oauth issuer=a scope=b'] } },
    'config.hba[0]: found "hostssl all all 10.0.0.0/8 oauth issuer=a scope=b"; allowed: "oauth" with PostgreSQL 18. [hba-method]',
  ],
  [
    'an option without a value',
    { config: { hba: ['hostssl all all 10.0.0.0/8 cert people'] } },
    'config.hba[0]: found "hostssl all all 10.0.0.0/8 cert people": "people" after the method; allowed: options as name=value after the method. [hba-line]',
  ],
]);
