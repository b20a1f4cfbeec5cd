/** Reading what people type when they look for somebody. */

export interface Identifier {
  type: string;
  value: string;
}

/** The types that a bare value may be of, strongest first. */
const TYPES = [
  "user_id",
  "unionid",
  "openid",
  "member_card",
  "phone",
  "email",
  "device_id",
  "anonymous_id",
  "cookie_id",
  "distinct_id",
] as const;
const NAMED = /^([a-z][a-z0-9_]*):(.+)$/;
const LONGEST = 256;

/** `phone:138...` is itself; of a bare value everything that it may be. */
export function candidates(text: string): Identifier[] {
  const sought = text.trim().slice(0, LONGEST);
  if (!sought) return [];
  const named = parse(sought);
  const bare = TYPES.map((type) => ({ type, value: sought }));
  if (/^[0-9]{1,15}$/.test(sought)) bare.push({ type: "profile" as never, value: sought });
  return named ? [named, ...bare] : bare;
}

/** Null where it is not written as type:value. */
export function parse(text: string): Identifier | null {
  const [, type, value] = NAMED.exec(text.trim()) ?? [];
  return type && value ? { type, value } : null;
}

export function spelled(identifier: Identifier): string {
  return `${identifier.type}:${identifier.value}`;
}
