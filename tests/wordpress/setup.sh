#!/bin/sh
# Installs what a WordPress of our own needs, from Debian's packages. Starts nothing: wordpress.ts starts its own processes in
# a scratch folder. Run as root; run again, it finds all there and ends at once.
set -eu

# Of MariaDB the server's program alone, without the service. nginx and php are named so that apt picks no Apache.
packages="wordpress wordpress-l10n wordpress-theme-twentytwentythree nginx php php-fpm php-cli php-mysql php-gd php-curl
php-mbstring php-xml mariadb-server-core"

lacking=""
for package in $packages; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || lacking="$lacking $package"
done
[ -n "$lacking" ] || exit 0

if [ "$(id -u)" != 0 ]; then
  echo "These Debian packages are lacking:$lacking. Run tests/wordpress/setup.sh as root once." >&2
  exit 1
fi
if ! command -v apt-get >/dev/null; then
  echo "There is no apt-get here. This test needs Debian 12 or newer." >&2
  exit 1
fi

# Debian starts a service when its package is installed; here it must not.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

without=""
for package in apache2 apache2-bin; do
  dpkg-query -W "$package" >/dev/null 2>&1 || without="$without $package-"
done

export DEBIAN_FRONTEND=noninteractive
apt-get update -q
# shellcheck disable=SC2086 # words, one a package
apt-get install -y -q --no-install-recommends $lacking $without
