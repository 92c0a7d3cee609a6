#!/bin/sh
# Runs in the image's root before the packages are installed (Dockerfile and local/image/recipe.ts).
set -eu

# The user must exist before postgresql-common would add it with a number of its own choice.
# 26 is the number that the RPM packages and other operators' images use, so volumes can be taken over;
# Debian gives group 26 to tape drives, of which a container has none.
for file in /etc/group /etc/gshadow; do
  if [ -f "$file" ]; then sed -i '/^tape:/d' "$file"; fi
done
echo 'postgres:x:26:' >>/etc/group
echo 'postgres:x:26:26:PostgreSQL:/home/postgres:/bin/bash' >>/etc/passwd
mkdir -p /home/postgres

# The exporter is not PostgreSQL's own user, who would be let in as the superuser by the socket. PostgreSQL looks the name of a
# peer up in this file. The number is that of its port: no package has it.
echo 'exporter:x:9187:' >>/etc/group
echo 'exporter:x:9187:9187:exporter of metrics:/nonexistent:/usr/sbin/nologin' >>/etc/passwd

# No cluster is made when the server packages are installed.
mkdir -p /etc/postgresql-common
echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf

# No service is started by a package.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
