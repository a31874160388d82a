FROM python:3.13-slim
WORKDIR /app
RUN useradd --system --uid 10001 qiangji && install --directory --owner qiangji var
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY server server
COPY static static
USER qiangji
ENV HOST=0.0.0.0 PORT=8000
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=5)"]
CMD ["python", "-m", "server.cli", "run"]
