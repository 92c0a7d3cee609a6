#!/bin/sh
# Runs in the image's root after the packages are installed (Dockerfile and local/image/recipe.ts).
set -eu
export DEBIAN_FRONTEND=noninteractive

# What is in the image, for people, for the tests and for the message at start.
mkdir -p /usr/share/postgres-ha
dpkg-query -W -f '${db:Status-Status} ${Package} ${Version} ${Architecture}\n' |
  sed -n 's/^installed //p' >/usr/share/postgres-ha/packages

# Packages that are there only because another one's dependency says so. They are taken out of dpkg's
# records too, so that a vulnerability scanner sees what is really in the image. Debian's cluster tools
# (pg_createcluster and the psql wrapper) would fight with Patroni; ssl-cert made a key that every
# container of this image would share; apt has no use where the root is read-only.
rm -f /etc/ssl/private/ssl-cert-snakeoil.key /etc/ssl/certs/ssl-cert-snakeoil.pem
installed() { dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p'; }
# shellcheck disable=SC2046 # a list of package names
dpkg --purge --force-depends --force-remove-protected $(installed 'libllvm*' 'libz3-*' locales libc-l10n \
  'libc-gconv-modules*' ssl-cert postgresql-common postgresql-common-dev postgresql-client-common ucf \
  systemd-standalone-tmpfiles libjson-perl adduser apt 'libapt-pkg*' sqv gpgv) >/dev/null

# Configuration comes by ConfigMap and Secret: nothing of Debian's may be read in its place.
rm -rf /etc/patroni /etc/pgbackrest /etc/pgbackrest.conf /etc/pgbouncer /etc/postgresql /etc/postgresql-common \
  /etc/default /etc/init.d /etc/rc?.d /etc/cron.* /etc/logrotate.d /etc/systemd /usr/lib/systemd /lib/systemd \
  /var/lib/systemd /etc/environment.d
mkdir -p /etc/patroni /etc/pgbackrest /etc/pgbouncer /etc/postgres-ha

# PostgreSQL's programs by a rule that names no version: /usr/local/bin/NAME runs that of $PG_MAJOR.
for program in /usr/lib/postgresql/*/bin/*; do
  case "$program" in *.py) continue ;; esac
  ln -sf pg-major "/usr/local/bin/${program##*/}"
done

# The places that are mounted. They are empty, and owned as the volume shall be.
rm -rf /var/lib/postgresql /var/log/postgresql /var/lib/pgbackrest /var/log/pgbackrest /var/spool/pgbackrest \
  /run/postgresql
for directory in /pgdata /pgwal /pgbackrest /home/postgres /run/postgresql; do
  mkdir -p "$directory"
  chown 26:26 "$directory"
  chmod 0750 "$directory"
done
# libpq looks for ~/.postgresql also when it runs as another user.
chmod 0755 /home/postgres

# Groups of the packages that went; postgres was in one of them.
sed -i '/^ssl-cert:/d' /etc/group /etc/gshadow
rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow-

# No way to another user.
find / -xdev -type f -perm /6000 -exec chmod u-s,g-s {} +

# Byte code that needs no look at the source's time: neither the layer's times nor a read-only root
# make Python compile again at each start.
find / -xdev -type d -name __pycache__ -prune -exec rm -rf {} +
python3 -m compileall -q --invalidation-mode unchecked-hash /usr/lib/python3 /usr/lib/python3.* >/dev/null

# What packages left behind. dpkg's status stays: scanners read it.
rm -rf /var/lib/apt /var/cache/* /var/log/* /var/backups /tmp/* /var/tmp/* /etc/apt/sources.list* /var/lib/dpkg/*-old \
  /usr/share/man /usr/share/info /usr/share/locale /usr/share/i18n /usr/share/lintian /usr/share/bug \
  /usr/share/postgresql/*/man /usr/share/bash-completion /usr/share/zsh /usr/share/pixmaps \
  /usr/lib/python3.*/test /usr/lib/python3.*/pydoc_data /usr/lib/python3.*/ensurepip /usr/lib/python3.*/idlelib \
  /usr/lib/postgresql/*/lib/bitcode /usr/lib/postgresql/*/lib/pgxs /etc/dpkg/dpkg.cfg.d/* \
  /usr/sbin/policy-rc.d /etc/machine-id /etc/ssl/private
# In a docker build these are mounts, which cannot be removed and are not copied either.
rm -f /etc/resolv.conf /etc/hostname 2>/dev/null || true
find /usr/share/doc -type f ! -name copyright -delete
find /usr/lib -name '*.a' -delete
find / -xdev -name '*.pyo' -delete
mkdir -p /var/cache /var/log /tmp
chmod 1777 /tmp
