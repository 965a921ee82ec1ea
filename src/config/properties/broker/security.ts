/** TLS keys and trust, principals, tokens and authorization: known by name until security exists. */
import { boolean, choice, int, javaClass, list, long, password, refused, text, withoutEffect } from "../definition.js";
import { anyItems, atLeast, oneOf } from "../validators.js";

export const authorizerProperties = refused("there is no authorizer yet, and without one every client may do all", {
  "authorizer.class.name": text("", "The class that decides who may do what."),
} as const);

export const configProviderProperties = refused(
  "Java classes cannot be loaded, so values that name a provider would stay unresolved",
  {
    "config.providers": list("", "Names of the providers that fill variables in values.", anyItems, "cluster-wide"),
  } as const,
);

export const tlsPropertiesWithoutEffect = withoutEffect("TLS listeners are not served yet", {
  "ssl.allow.dn.changes": boolean(false, "Whether a new certificate may have another distinguished name."),
  "ssl.allow.san.changes": boolean(false, "Whether a new certificate may drop alternative names."),
  "ssl.cipher.suites": list("", "Cipher suites that are allowed; all when empty.", anyItems, "per-broker"),
  "ssl.client.auth": choice(
    "none",
    "Whether clients must show a certificate.",
    oneOf("required", "requested", "none"),
    "per-broker",
  ),
  "ssl.enabled.protocols": list("TLSv1.2,TLSv1.3", "Versions of TLS that are allowed.", anyItems, "per-broker"),
  "ssl.endpoint.identification.algorithm": text("https", "How the name of a peer is checked.", null, "per-broker"),
  "ssl.engine.factory.class": javaClass(null, "The class that makes TLS engines.", "per-broker"),
  "ssl.key.password": password("Password of the private key.", "per-broker"),
  "ssl.keymanager.algorithm": text("SunX509", "Algorithm of Java's key manager.", null, "per-broker"),
  "ssl.keystore.certificate.chain": password("The certificate chain, as PEM.", "per-broker"),
  "ssl.keystore.key": password("The private key, as PEM.", "per-broker"),
  "ssl.keystore.location": text(null, "The file with key and certificate.", null, "per-broker"),
  "ssl.keystore.password": password("Password of that file.", "per-broker"),
  "ssl.keystore.type": text("JKS", "Format of that file: JKS, PKCS12 or PEM.", null, "per-broker"),
  "ssl.principal.mapping.rules": text("DEFAULT", "How a certificate's name becomes a principal."),
  "ssl.protocol": text("TLSv1.3", "The version of TLS that is tried first.", null, "per-broker"),
  "ssl.provider": text(null, "Java's security provider for TLS.", null, "per-broker"),
  "ssl.secure.random.implementation": text(null, "Java's random generator for TLS.", null, "per-broker"),
  "ssl.trustmanager.algorithm": text("PKIX", "Algorithm of Java's trust manager.", null, "per-broker"),
  "ssl.truststore.certificates": password("The trusted certificates, as PEM.", "per-broker"),
  "ssl.truststore.location": text(null, "The file with trusted certificates.", null, "per-broker"),
  "ssl.truststore.password": password("Password of that file.", "per-broker"),
  "ssl.truststore.type": text("JKS", "Format of that file: JKS, PKCS12 or PEM.", null, "per-broker"),
} as const);

export const principalPropertiesWithoutEffect = withoutEffect("clients are not authenticated yet", {
  "connection.failed.authentication.delay.ms": int(100, "Delay before a failed login's connection closes.", atLeast(0)),
  "connections.max.reauth.ms": long(0, "Longest life of a login before it must be renewed; 0 means no end."),
  "delegation.token.expiry.check.interval.ms": long(3_600_000, "How often expired tokens are removed.", atLeast(1)),
  "delegation.token.expiry.time.ms": long(86_400_000, "Life of a token that is not renewed.", atLeast(1)),
  "delegation.token.max.lifetime.ms": long(604_800_000, "Longest life of a token, renewed or not.", atLeast(1)),
  "delegation.token.secret.key": password("The key that signs delegation tokens."),
  "principal.builder.class": javaClass(
    "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder",
    "The class that makes a principal of a connection.",
    "per-broker",
  ),
  "security.providers": text(null, "Classes that add security providers to Java."),
} as const);
