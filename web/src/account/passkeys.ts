import { api, bodyOf } from "../api/client";
import type { components } from "../api/schema";

type NewPasskey = components["schemas"]["NewPasskey"];
type PasskeyAnswer = components["schemas"]["PasskeyAnswer"];
type Options = components["schemas"]["PasskeyOptions"]["publicKey"];

/** What `toJSON` writes, in base64url (WebAuthn 5.1). */
interface Written<T> {
  rawId: string;
  response: T;
}
type Made = Written<{ clientDataJSON: string; attestationObject: string }>;
type Signed = Written<{ clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: string }>;

/** Whether this browser knows passkeys well enough. */
export function knowsPasskeys(): boolean {
  return typeof PublicKeyCredential !== "undefined" && "parseCreationOptionsFromJSON" in PublicKeyCredential;
}

/** The same page at `localhost`, where passkeys work; nothing where the browser is elsewhere. */
export function atLocalhost(here: Location = window.location): string | undefined {
  if (!/^(127\.0\.0\.1|\[::1\])$/.test(here.hostname)) return undefined;
  return `${here.protocol}//localhost${here.port ? `:${here.port}` : ""}${here.pathname}`;
}

/** Asks the person's device for a new passkey. */
async function made(options: Options): Promise<NewPasskey> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as unknown as PublicKeyCredentialCreationOptionsJSON);
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  const { rawId, response } = credential.toJSON() as Made;
  return { rawId, clientData: response.clientDataJSON, attestation: response.attestationObject };
}

/** Asks the person's device to sign with a passkey. */
async function signed(options: Options): Promise<PasskeyAnswer> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as unknown as PublicKeyCredentialRequestOptionsJSON);
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  const { rawId, response } = credential.toJSON() as Signed;
  return {
    rawId,
    clientData: response.clientDataJSON,
    authenticatorData: response.authenticatorData,
    signature: response.signature,
    userHandle: response.userHandle ?? "",
  };
}

export async function signInByPasskey(): Promise<void> {
  const options = bodyOf(await api.POST("/api/session/passkey-options")).publicKey;
  bodyOf(await api.POST("/api/session/passkey", { body: await signed(options) }));
}

export async function proveByPasskey(): Promise<void> {
  const options = bodyOf(await api.POST("/api/session/proof/passkey-options")).publicKey;
  bodyOf(await api.POST("/api/session/proof/passkey", { body: await signed(options) }));
}

export async function addPasskey(name: string): Promise<void> {
  const options = bodyOf(await api.POST("/api/passkeys/options")).publicKey;
  bodyOf(await api.POST("/api/passkeys", { body: { name, passkey: await made(options) } }));
}

export async function enrolPasskey(who: components["schemas"]["PasskeyEnrolment"], name: string): Promise<void> {
  const options = bodyOf(await api.POST("/api/enrolment/passkey-options", { body: who })).publicKey;
  bodyOf(await api.POST("/api/enrolment/passkey", { body: { ...who, name, passkey: await made(options) } }));
}

/** What went wrong, in words for a person. */
export function passkeyProblem(error: unknown): string {
  if (error instanceof DOMException) {
    if (error.name === "InvalidStateError") return "This device holds a passkey of yours already.";
    if (error.name === "SecurityError") return "Passkeys do not work at this address. Ask an administrator which name to use.";
    return "No passkey was used: it was cancelled, took too long, or there is none on this device.";
  }
  return error instanceof Error && error.message ? error.message : "The archive cannot be reached. Try again.";
}
