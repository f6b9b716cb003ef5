# One image for the web and the workers; what of it was run: docs/operations.md. Renew the tags with `make audit`.
FROM python:3.13.15-slim-bookworm AS build
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never
# What changes seldom comes first, so that it is not installed again with each change of the code.
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-install-project
COPY README.md LICENSE ./
COPY designchord ./designchord
RUN uv sync --frozen --no-dev --no-editable

FROM python:3.13.15-slim-bookworm
RUN useradd --uid 10001 --create-home --home-dir /var/lib/designchord --shell /usr/sbin/nologin designchord \
 && chmod 700 /var/lib/designchord
COPY --from=build --chown=root:root /app/.venv /app/.venv
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 DESIGNCHORD_HOME=/var/lib/designchord
USER 10001
WORKDIR /var/lib/designchord
# Workers need up to 40 s to finish or give back what they run; compose.yaml gives them 45.
STOPSIGNAL SIGTERM
CMD ["designchord", "worker"]
