import { Definitions } from "@/definitions/Definitions";

export default function Tags() {
  return <Definitions kind="tag" />;
}
