"""Images that no build section of a repository makes: nginx and PostgreSQL, under names that no registry can own."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.docker.repositories import SAMPLE, make_repository

NGINX = "images.invalid/nginx:1"
POSTGRES = "images.invalid/postgres:17"

NGINX_DOCKERFILE = """FROM debian:trixie-slim
RUN apt-get update \\
    && apt-get install -y --no-install-recommends gettext-base nginx-light \\
    && rm -rf /var/lib/apt/lists/* /etc/nginx/sites-enabled/default \\
    && ln -sf /dev/stdout /var/log/nginx/access.log \\
    && ln -sf /dev/stderr /var/log/nginx/error.log \\
    && mkdir -p /etc/nginx/templates /usr/share/nginx/html
COPY --chmod=755 docker-entrypoint.sh /docker-entrypoint.sh
EXPOSE 80
STOPSIGNAL SIGQUIT
ENTRYPOINT ["/docker-entrypoint.sh"]
CMD ["nginx", "-g", "daemon off;"]
"""

# As in the official image: templates are filled in from the environment, then nginx is started.
NGINX_ENTRYPOINT = """#!/bin/sh
set -eu
names="$(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/${\\1}/p' | tr '\\n' ' ')"
for template in /etc/nginx/templates/*.template; do
    [ -e "$template" ] || continue
    envsubst "$names" < "$template" > "/etc/nginx/conf.d/$(basename "$template" .template)"
done
exec "$@"
"""

ROOTS = {
    "compose.yaml": "services: {roots: {build: .}}\n",
    "Dockerfile": "FROM debian:trixie-slim\n",
}


def make_third_party_images(directory: Path) -> None:
    """Build both where they are not there yet; they are kept, as pulled images would be."""
    make_repository(directory / "roots", "roots", ROOTS).inv("build-base")
    nginx = directory / "nginx"
    nginx.mkdir()
    (nginx / "Dockerfile").write_text(NGINX_DOCKERFILE)
    (nginx / "docker-entrypoint.sh").write_text(NGINX_ENTRYPOINT)
    for name, context in ((NGINX, nginx), (POSTGRES, SAMPLE / "images/postgres-base")):
        there = subprocess.run(["docker", "image", "inspect", name], capture_output=True, check=False)
        if there.returncode:
            subprocess.run(["docker", "build", "--quiet", "--tag", name, str(context)], check=True, timeout=600)
