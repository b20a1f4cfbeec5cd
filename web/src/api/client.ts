/** The one place that speaks HTTP. Paths, parameters, bodies and answers have the types of the API's own description. */

import type { paths } from "./schema";

export type Method = "get" | "post" | "put" | "patch" | "delete";
type Operation<P extends keyof paths, M extends Method> = paths[P] extends { [K in M]: infer O } ? O : never;
/** The paths that take a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: unknown } } ? P : never;
}[keyof paths];
type Content<R> = R extends { content: { "application/json": infer A } } ? A : undefined;
type Ok<R> = R extends { 200: infer A } ? A : R extends { 201: infer A } ? A : R extends { 202: infer A } ? A : never;
/** What a path answers to a method. */
export type Answer<P extends keyof paths, M extends Method = "get"> =
  Operation<P, M> extends { responses: infer R } ? Content<Ok<R>> : never;
type QueryOf<O> = O extends { parameters: { query?: infer Q } } ? Q : never;
type BodyOf<O> = O extends { requestBody?: infer B } ? Content<NonNullable<B>> : never;

export interface Said<P extends keyof paths, M extends Method> {
  /** What stands in the path in braces. */
  at?: Readonly<Record<string, string | number>>;
  query?: Omit<NonNullable<QueryOf<Operation<P, M>>>, "workspace">;
  body?: BodyOf<Operation<P, M>>;
  signal?: AbortSignal;
}

/** An answer that is none: what went wrong, in the API's words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Where the API is: beside the console, whatever path both are under. */
export const ROOT = new URL("..", document.baseURI).pathname.replace(/\/$/, "");

/** What every request carries; the session sets it. */
const carried = { workspace: "", csrf: "", onSignedOut: () => {} };

export function carry(changes: Partial<typeof carried>): void {
  Object.assign(carried, changes);
}

/** The whole address of a path of the API, for links and downloads too. */
export function addressOf(path: string, query: Readonly<Record<string, unknown>> = {}): string {
  const search = new URLSearchParams();
  if (carried.workspace) search.set("workspace", carried.workspace);
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== "") search.append(name, String(one));
    }
  }
  return `${ROOT}${path}${search.size ? `?${search}` : ""}`;
}

/** Send anything; the parsed answer, or an ApiError. */
export async function send(method: string, address: string, init: RequestInit = {}): Promise<unknown> {
  const headers = new Headers(init.headers);
  if (method !== "GET" && carried.csrf) headers.set("X-Zuji-CSRF", carried.csrf);
  let response: Response;
  try {
    response = await fetch(address, { ...init, method, headers, credentials: "same-origin" });
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === "AbortError") throw failure;
    throw new ApiError(0, "unreachable", String(failure));
  }
  const text = await response.text();
  const told: unknown = text && response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
  if (response.ok) return told || undefined;
  if (response.status === 401) carried.onSignedOut();
  throw problemOf(response.status, told);
}

function problemOf(status: number, told: unknown): ApiError {
  const whole = (typeof told === "object" && told ? told : {}) as Record<string, unknown>;
  const said = (typeof whole.error === "object" && whole.error ? whole.error : whole) as Record<string, unknown>;
  return new ApiError(status, String(said.code ?? "error"), String(said.message ?? status));
}

/** Ask the API: `call("post", "/api/v1/tags/{key}/publish", { at: { key }, body: { announce: false } })`. */
export async function call<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  said: Said<P, M> = {},
): Promise<Answer<P, M>> {
  const place = String(path).replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(said.at?.[name] ?? ""));
  const init: RequestInit = { signal: said.signal ?? null };
  if (said.body !== undefined) {
    init.body = JSON.stringify(said.body);
    init.headers = { "Content-Type": "application/json" };
  }
  return (await send(method.toUpperCase(), addressOf(place, said.query), init)) as Answer<P, M>;
}
