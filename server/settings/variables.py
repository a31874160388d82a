"""Every variable that the program obeys, and what is derived from them."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from server.kit.mail import mail_server, mailbox, reached_at
from server.settings.values import (
    LOGINS,
    LOOPBACK,
    from_root,
    is_loopback,
    issuer,
    postgres_url,
    web_address,
    with_networks,
)


class Settings(BaseSettings):
    """Each field is one variable (its alias); the description is the remedy when its value cannot be used.

    A file of the variable's name in lower case under /run/secrets serves as well as the variable.
    """

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, extra="ignore", populate_by_name=True)

    database_url: Annotated[str, AfterValidator(postgres_url)] | None = Field(
        None,
        validation_alias="DATABASE_URL",
        description="write postgresql://user:password@host:5432/name, or leave it out for the embedded PostgreSQL",
        repr=False,
    )
    owner_url: Annotated[str, AfterValidator(postgres_url)] | None = Field(
        None,
        validation_alias="DATABASE_OWNER_URL",
        description="write the postgresql:// address of the login that owns the tables, or leave it out",
        repr=False,
    )
    data: Annotated[Path, AfterValidator(from_root)] = Field(
        Path("var"),
        validate_default=True,
        validation_alias="QIANGJI_DATA",
        description="name a directory; a relative one is taken from the project's root",
    )
    host: str = Field("127.0.0.1", validation_alias="HOST", description="name an address of this machine")
    port: int = Field(8000, ge=1, le=65535, validation_alias="PORT", description="name a free port, such as 8000")
    demo: bool = Field(
        default_factory=lambda fields: fields.get("database_url") is None,
        validation_alias="QIANGJI_DEMO",
        description="write 1 to load the demonstration into an empty database, 0 not to",
    )
    secure_cookies: bool = Field(
        False,
        validation_alias="QIANGJI_SECURE_COOKIES",
        description="write 1 when people reach the program over https, else 0",
    )
    allowed_hosts: str = Field(
        "",
        validation_alias="QIANGJI_ALLOWED_HOSTS",
        description="list the host names that people type, separated by commas, or * for any",
    )
    unsafe: bool = Field(
        False,
        validation_alias="QIANGJI_UNSAFE",
        description="write 1 to serve although `qiangji check` refuses, for a trial without real data, else 0",
    )
    pool_min: int = Field(1, ge=0, validation_alias="QIANGJI_POOL_MIN", description="write a number, such as 1")
    pool_max: int = Field(
        10,
        ge=1,
        validation_alias="QIANGJI_POOL_MAX",
        description="write a number not below QIANGJI_POOL_MIN, such as 10",
    )
    keys: Annotated[Path | None, AfterValidator(lambda path: path and from_root(path))] = Field(
        None,
        validation_alias="QIANGJI_KEYS",
        description="name the file of keys that `qiangji keys new` has made",
    )
    second_factor: Literal["required", "optional"] = Field(
        "required",
        validation_alias="QIANGJI_SECOND_FACTOR",
        description="write required, so that administrators need a second factor, or optional",
    )
    password_profile: Literal["asvs", "dengbao"] = Field(
        "asvs",
        validation_alias="QIANGJI_PASSWORD_PROFILE",
        description="write asvs (long, not common, without an end) or dengbao (mixed, changed every 90 days)",
    )
    idle_minutes: int = Field(
        60,
        ge=1,
        le=720,
        validation_alias="QIANGJI_IDLE_MINUTES",
        description="write after how many minutes without a request a session ends, 1 to 720",
    )
    session_hours: int = Field(
        12,
        ge=1,
        le=168,
        validation_alias="QIANGJI_SESSION_HOURS",
        description="write after how many hours a session ends in any case, 1 to 168",
    )
    proxies: Annotated[str, AfterValidator(with_networks)] = Field(
        "",
        validation_alias="QIANGJI_PROXIES",
        description="list the addresses or networks of your own proxies, separated by commas, or nothing",
    )
    oidc_issuer: Annotated[str | None, AfterValidator(issuer)] = Field(
        None,
        validation_alias="QIANGJI_OIDC_ISSUER",
        description="write the https address of the identity provider, as its discovery document names itself",
    )
    oidc_client_id: str = Field(
        "",
        validation_alias="QIANGJI_OIDC_CLIENT_ID",
        description="write the id under which the identity provider knows this program",
    )
    oidc_client_secret: str = Field(
        "",
        validation_alias="QIANGJI_OIDC_CLIENT_SECRET",
        description="write the secret that the identity provider gave out",
        repr=False,
    )
    oidc_name: str = Field(
        "OIDC",
        validation_alias="QIANGJI_OIDC_NAME",
        description="write what people call the identity provider, such as 政务微信",
    )
    evidence_store: Literal["directory", "s3"] = Field(
        "directory",
        validation_alias="QIANGJI_EVIDENCE_STORE",
        description="write directory, to keep evidence below QIANGJI_DATA, or s3",
    )
    evidence_endpoint: Annotated[str | None, AfterValidator(web_address)] = Field(
        None,
        validation_alias="QIANGJI_EVIDENCE_ENDPOINT",
        description="write the https:// address of the S3 store, or leave it out for the one of Amazon",
    )
    evidence_bucket: str | None = Field(
        None,
        validation_alias="QIANGJI_EVIDENCE_BUCKET",
        description="write the name of a bucket that is there, for this program alone",
    )
    evidence_region: str = Field(
        "us-east-1",
        validation_alias="QIANGJI_EVIDENCE_REGION",
        description="write the region as the store's provider names it, such as us-east-1",
    )
    evidence_access_key: str | None = Field(
        None,
        validation_alias="QIANGJI_EVIDENCE_ACCESS_KEY",
        description="write the id of the access key that the store's provider gave out",
    )
    evidence_secret_key: str | None = Field(
        None,
        validation_alias="QIANGJI_EVIDENCE_SECRET_KEY",
        description="write the secret of that access key",
        repr=False,
    )
    smtp_url: Annotated[str | None, AfterValidator(mail_server)] = Field(
        None,
        validation_alias="QIANGJI_SMTP_URL",
        description="write smtp://user:password@host:587?starttls=1 or smtps://user:password@host, or leave it out",
        repr=False,
    )
    mail_from: Annotated[str | None, AfterValidator(mailbox)] = Field(
        None,
        validation_alias="QIANGJI_MAIL_FROM",
        description="write the address that the daily mail comes from, such as qiangji@example.gov.cn",
    )
    mail_hour: int = Field(
        8,
        ge=0,
        le=23,
        validation_alias="QIANGJI_MAIL_HOUR",
        description="write the hour in Shanghai from which the daily mail goes out, 0 to 23",
    )
    base_url: Annotated[str | None, AfterValidator(reached_at)] = Field(
        None,
        validation_alias="QIANGJI_BASE_URL",
        description="write the address that people type, such as https://qiangji.example.gov.cn",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info",
        validation_alias="QIANGJI_LOG_LEVEL",
        description="write debug, info, warning or error",
    )

    @property
    def is_production(self) -> bool:
        """Somebody's own database, without the demonstration: what `qiangji check` refuses is not served."""
        return self.database_url is not None and not self.demo

    @property
    def listens_to_itself(self) -> bool:
        """Whether only this machine can reach the program."""
        return is_loopback(self.host)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names that are answered; "*" is any."""
        if self.allowed_hosts:
            return tuple(name for host in self.allowed_hosts.split(",") if (name := host.strip().lower()))
        return (*LOOPBACK, self.host) if self.listens_to_itself else ("*",)

    @property
    def sends_mail(self) -> bool:
        return self.smtp_url is not None

    @property
    def keys_file(self) -> Path:
        return self.keys or self.data / "keys.json"

    @property
    def logins_file(self) -> Path:
        """Where the demonstration writes its passwords and tokens."""
        return self.data / LOGINS

    @model_validator(mode="after")
    def pool_has_room(self) -> Self:
        if self.pool_min > self.pool_max:
            raise ValueError("QIANGJI_POOL_MIN is above QIANGJI_POOL_MAX: lower the first or raise the second")
        return self

    @model_validator(mode="after")
    def store_is_complete(self) -> Self:
        if self.evidence_store == "s3" and not (
            self.evidence_bucket and self.evidence_access_key and self.evidence_secret_key
        ):
            raise ValueError(
                "QIANGJI_EVIDENCE_STORE is s3 without QIANGJI_EVIDENCE_BUCKET, QIANGJI_EVIDENCE_ACCESS_KEY or "
                "QIANGJI_EVIDENCE_SECRET_KEY: set all three, or write directory"
            )
        return self

    @model_validator(mode="after")
    def mail_is_whole(self) -> Self:
        missing = [name for name, value in self.of_mail.items() if not value] if self.smtp_url else []
        if missing:
            raise ValueError(f"QIANGJI_SMTP_URL is set without {' and '.join(missing)}: set them, or leave it out")
        return self

    @property
    def of_mail(self) -> dict[str, str | None]:
        """What has to be said too, when mail is sent."""
        return {"QIANGJI_MAIL_FROM": self.mail_from, "QIANGJI_BASE_URL": self.base_url}
