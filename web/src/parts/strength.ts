/** Identifiers in the order in which they tell who somebody is. */

const STRONGEST_FIRST = [
  "user_id",
  "member_card",
  "phone",
  "email",
  "unionid",
  "openid",
  "device_id",
  "anonymous_id",
  "cookie_id",
];

function rank(type: string): number {
  const place = STRONGEST_FIRST.indexOf(type);
  return place < 0 ? STRONGEST_FIRST.length : place;
}

export function strongestFirst<I extends { type: string }>(identifiers: readonly I[]): I[] {
  return identifiers.toSorted((a, b) => rank(a.type) - rank(b.type));
}
