#!/bin/sh
# make install: puts what was built under $DESTDIR$PREFIX; with --remove takes the same files away again.
set -eu
cd "$(dirname "$0")/.."
B=${B:-build}
PREFIX=${PREFIX:-/usr/local}
root=${DESTDIR:-}$PREFIX

put() { # put MODE FROM TO
    if [ "$remove" = yes ]; then rm -f "$root/$3"; else install -D -m "$1" "$2" "$root/$3"; fi
}
remove=no
[ "${1:-}" != --remove ] || remove=yes

put 755 "$B/rebound" bin/rebound
put 755 "$B/rebound_sqlite.so" lib/rebound/rebound_sqlite.so
put 644 "$B/libnum.a" lib/librebound.a
put 755 "$B/librebound.so.0" lib/librebound.so.0
put 644 include/rebound.h include/rebound.h
put 644 packaging/nginx/rebound.conf share/doc/rebound/nginx.conf
put 644 README.md share/doc/rebound/README.md
put 644 LICENSE share/doc/rebound/LICENSE

if [ "$remove" = yes ]; then
    rm -f "$root/lib/librebound.so" "$root/lib/pkgconfig/rebound.pc" "$root/lib/systemd/system/rebound.service" \
        "$root/share/bash-completion/completions/rebound" "$root/share/zsh/vendor-completions/_rebound" "$root"/share/man/man1/rebound*.1
    rmdir "$root/lib/rebound" "$root/share/doc/rebound" 2>/dev/null || true
    exit 0
fi

ln -sf librebound.so.0 "$root/lib/librebound.so"
mkdir -p "$root/lib/pkgconfig" "$root/lib/systemd/system" "$root/share/bash-completion/completions" "$root/share/zsh/vendor-completions"
sed -e "s|@PREFIX@|$PREFIX|" -e "s|@VERSION@|$VERSION|" packaging/rebound.pc.in >"$root/lib/pkgconfig/rebound.pc"
sed -e "s|/usr/local/bin/|$PREFIX/bin/|" packaging/systemd/rebound.service >"$root/lib/systemd/system/rebound.service"
"$B/rebound" completion bash >"$root/share/bash-completion/completions/rebound"
"$B/rebound" completion zsh >"$root/share/zsh/vendor-completions/_rebound"
for page in "$B"/man/*.1; do install -D -m 644 "$page" "$root/share/man/man1/${page##*/}"; done
[ -n "${DESTDIR:-}" ] || [ "$(id -u)" -ne 0 ] || ldconfig 2>/dev/null || true
echo "Installed under $root: rebound, librebound, manual, completions, and a systemd unit (systemctl enable --now rebound)."
