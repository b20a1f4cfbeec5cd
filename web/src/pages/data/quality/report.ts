import type { Answer, Said } from "@/api/client";

export type Report = Answer<"/api/v1/quality">;
/** An event that was drawn for people to judge. */
export type Sampled = Answer<"/api/v1/quality/sample">["events"][number];
export type Stands = Answer<"/api/v1/quality/verdicts">;
type Given = NonNullable<Said<"/api/v1/quality/verdicts", "post">["body"]>;
export type Judgement = Given["verdict"];
