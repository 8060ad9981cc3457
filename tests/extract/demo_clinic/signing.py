"""A client's key pair: the half that signs, and the half that a server is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

CLIENT_ID, KEY_ID = "invented-client", "key-1"


@dataclass(frozen=True, slots=True)
class Signing:
    """A key pair, its private half in a file."""

    algorithm: str
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    file: Path
    jwks: dict[str, list[dict[str, Any]]]

    @property
    def settings(self) -> dict[str, str]:
        """Return what the client is configured with."""
        return {
            "SOURCES__FHIR__TOKEN": "",
            "SOURCES__FHIR__CLIENT_ID": CLIENT_ID,
            "SOURCES__FHIR__PRIVATE_KEY_FILE": str(self.file),
            "SOURCES__FHIR__KEY_ID": KEY_ID,
        }


def signing(algorithm: str, folder: Path) -> Signing:
    """Make a key pair."""
    if algorithm == "RS384":
        private: Any = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public: dict[str, Any] = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    else:
        private = ec.generate_private_key(ec.SECP384R1())
        public = ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
    file = folder / "smart.key"
    file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Signing(
        algorithm, private, file, {"keys": [{**public, "kid": KEY_ID, "alg": algorithm}]}
    )
