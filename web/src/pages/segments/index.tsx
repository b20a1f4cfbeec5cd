import { Definitions } from "@/definitions/Definitions";

export default function Segments() {
  return <Definitions kind="segment" />;
}
