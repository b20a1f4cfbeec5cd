/** The roles there are, the one with the most rights first. */
export const ROLES = ["owner", "analyst", "marketer", "service", "privacy_officer", "viewer"] as const;
export type Role = (typeof ROLES)[number];
