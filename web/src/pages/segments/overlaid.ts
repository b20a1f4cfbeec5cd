/** Segments laid over one another, as the picture and the table of them are given it. */

import type { Answer } from "@/api/client";

export type Overlaid = Answer<"/api/v1/segments/overlap", "post">;
export type Part = Overlaid["parts"][number];
export type NameOf = (key: string) => string;
