# Made by isag from isag.yaml and the base image; changes are overwritten.
FROM ubuntu:22.04
LABEL isag.role=build
USER root
WORKDIR /
ENV LANG=C.UTF-8

# step: CA certificates
RUN set -eu; \
    printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d; \
    echo force-unsafe-io > /etc/dpkg/dpkg.cfg.d/isag; \
    if ! command -v update-ca-certificates >/dev/null; then export DEBIAN_FRONTEND=noninteractive; apt-get update -qq -o Acquire::Retries=3 || true; apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 ca-certificates; apt-get clean; rm -rf /var/lib/apt/lists/*; fi; \
    update-ca-certificates >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }; rm -f /tmp/log
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt PIP_CERT=/etc/ssl/certs/ca-certificates.crt CURL_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt

# step: base tools
RUN set -eu; \
    export DEBIAN_FRONTEND=noninteractive; apt-get update -qq -o Acquire::Retries=3; \
    apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 bash ca-certificates curl file git gnupg iproute2 jq less openssh-client openssh-server patch procps ripgrep rsync socat unzip wget xz-utils; \
    rm -f /etc/ssh/ssh_host_*; \
    apt-get clean; rm -rf /var/lib/apt/lists/*

# step: Node 22 from NodeSource
RUN set -eu; \
    mkdir -p /etc/apt/keyrings; \
    curl -fsSL --retry 3 'https://deb.nodesource.com/gpgkey/nodesource-repo.gpg.key' -o /etc/apt/keyrings/nodesource.asc; \
    echo 'deb [signed-by=/etc/apt/keyrings/nodesource.asc] https://deb.nodesource.com/node_22.x nodistro main' > /etc/apt/sources.list.d/nodesource.list; \
    printf 'Package: nodejs\nPin: origin deb.nodesource.com\nPin-Priority: 600\n' > /etc/apt/preferences.d/nodesource; \
    export DEBIAN_FRONTEND=noninteractive; apt-get update -qq -o Acquire::Retries=3; \
    apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 nodejs; \
    apt-get clean; rm -rf /var/lib/apt/lists/*

# step: Python 3.10 from ubuntu 22.04
RUN set -eu; \
    export DEBIAN_FRONTEND=noninteractive; apt-get update -qq -o Acquire::Retries=3; \
    apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 python3.10 python3.10-venv python3-pip; \
    ln -sfn '/usr/bin/python3.10' /usr/local/bin/python; ln -sfn '/usr/bin/python3.10' /usr/local/bin/python3; ln -sfn '/usr/bin/python3.10' /usr/local/bin/python3.10; '/usr/bin/python3.10' -m pip --version >/dev/null 2>&1 || '/usr/bin/python3.10' -m ensurepip --default-pip || { curl -fsSL --retry 3 'https://bootstrap.pypa.io/get-pip.py' -o /tmp/get-pip.py; '/usr/bin/python3.10' /tmp/get-pip.py; rm -f /tmp/get-pip.py; }; \
    rm -f /usr/local/bin/pip /usr/local/bin/pip3; printf '#!/bin/sh\nexec %s -m pip "$@"\n' '/usr/bin/python3.10' > /usr/local/bin/pip; chmod 755 /usr/local/bin/pip; ln -s pip /usr/local/bin/pip3; \
    apt-get clean; rm -rf /var/lib/apt/lists/*
ENV PIP_BREAK_SYSTEM_PACKAGES=1

# step: claude 2.1.0 from npm
RUN set -eu; \
    npm install --global --no-audit --no-fund --no-update-notifier --loglevel=warn --cache /tmp/npm-cache '@anthropic-ai/claude-code@2.1.0'; \
    rm -rf "$(npm root --global)"/@anthropic-ai/claude-code/node_modules/*/*-linux-*-musl; \
    HOME=/tmp/home claude --version; \
    rm -rf /tmp/npm-cache /tmp/home /root/.npm

# step: policies for browsers
RUN set -eu; \
    trusted=$(for file in /usr/local/share/ca-certificates/isag/*.crt; do [ ! -e "$file" ] || printf ',"%s"' "$(sed /-----/d "$file" | tr -d '\r\n')"; done); \
    for browser in chromium opt/chrome opt/chrome_for_testing opt/edge; do mkdir -p "/etc/$browser/policies/managed"; printf '{"EncryptedClientHelloEnabled":false,"CACertificates":[%s]}\n' "${trusted#,}" > "/etc/$browser/policies/managed/isag.json"; done

# step: user isag (1000:1000)
RUN set -eu; \
    old=$(getent passwd 1000 | cut -d: -f1); if [ -n "$old" ]; then userdel "$old"; fi; \
    if getent passwd 'isag' >/dev/null; then userdel 'isag'; fi; \
    if ! getent group 1000 >/dev/null; then if getent group 'isag' >/dev/null; then groupmod --gid 1000 'isag'; else groupadd --gid 1000 'isag'; fi; fi; \
    useradd --no-log-init --uid 1000 --gid 1000 --home-dir '/home/isag' --create-home --shell /bin/bash 'isag'; \
    mkdir -p '/home/isag'/.cache; chown -R 1000:1000 '/home/isag'
ENV HOME=/home/isag NPM_CONFIG_CACHE=/home/isag/.cache/npm PATH=/home/isag/.local/bin:${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
ENTRYPOINT []
CMD []
STOPSIGNAL SIGTERM
HEALTHCHECK NONE
