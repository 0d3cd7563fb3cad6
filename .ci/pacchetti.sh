#!/usr/bin/env bash
# Installs the Debian packages that the tests need and that are not here yet. Says nothing when none is missing.
# The programme itself needs none of them: it is built with Rust, gcc and Node alone.
set -euo pipefail

packages=(
    postgresql       # the second database: the same tests run on it and on SQLite
    chromium         # the browser of the browser tests
    chromium-driver  # … and what drives it (WebDriver)
    fonts-liberation # a font for chromium, which is installed here without the packages it recommends
    libxml2-utils    # xmllint, the other opinion on every XML that we emit
    xmlsec1          # … and on every seal
    openssl          # signs a digest apart, as a remote seal does; certificates of the test servers
    dovecot-imapd    # the IMAP server that mail is received from
    python3-aiosmtpd # the SMTP server that mail is handed over to (tests/gestore)
    poppler-utils    # pdftotext, pdftoppm, pdfsig: the other opinion on every PDF that we write or copy
    zbar-tools       # zbarimg, the scanner of the labels
    default-jre-headless       # for Preflight
    libpdfbox2-java            # Preflight, the other opinion on every PDF/A that we emit
    libcommons-logging-java    # … and what it needs
    libactivation-java
    libjaxb-api-java
)

command -v dpkg-query apt-get >/dev/null || {
    echo "This is not a Debian machine: install by hand what corresponds to: ${packages[*]}" >&2
    exit 1
}

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $state == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

echo "Installing Debian packages: ${missing[*]}"
as_root=()
if ((EUID != 0)); then
    command -v sudo >/dev/null || {
        echo "Neither root nor sudo here. Ask an administrator for: apt-get install ${missing[*]}" >&2
        exit 1
    }
    # Without a terminal nobody can type a password: then sudo must not ask, or it would wait for ever.
    as_root=(sudo)
    [[ -t 0 ]] || as_root+=(--non-interactive)
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get --quiet --yes -o DPkg::Lock::Timeout=300 -o DPkg::Use-Pty=0)
"${apt[@]}" update || echo "The package lists could not be renewed; trying with those that are here." >&2
if ! "${apt[@]}" install --no-install-recommends "${missing[@]}"; then
    echo "Could not install them. Run .ci/pacchetti.sh in a terminal, where sudo can ask for your password." >&2
    exit 1
fi
