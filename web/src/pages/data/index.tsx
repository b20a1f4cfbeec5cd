import { Tabs } from "antd";
import { useNavigate, useParams } from "react-router";
import { useSession } from "@/app/session";
import { PageHead } from "@/parts/PageHead";
import { useWords } from "@/words/words";
import { Accounting } from "./Accounting";
import { Imports } from "./imports";
import { TrackingPlan } from "./plan";
import { CollectionPoints } from "./points";
import { Quality } from "./quality";
import { Quarantine } from "./Quarantine";
import { Sources } from "./Sources";
import { VisualEvents } from "./visual";
import { words } from "./words";

const TABS = [
  { key: "sources", permission: "sources.read", content: <Sources /> },
  { key: "imports", permission: "sources.read", content: <Imports /> },
  { key: "plan", permission: "policies.read", content: <TrackingPlan /> },
  { key: "visual", permission: "visual_events.read", content: <VisualEvents /> },
  { key: "points", permission: "policies.read", content: <CollectionPoints /> },
  { key: "quarantine", permission: "quarantine.read", content: <Quarantine /> },
  { key: "quality", permission: "quality.read", content: <Quality /> },
  { key: "accounting", permission: "accounting.read", content: <Accounting /> },
] as const;

/** Where events come from, and what became of each. */
export default function Data() {
  const say = useWords(words);
  const { may } = useSession();
  const navigate = useNavigate();
  const tab = useParams()["*"] || "sources";
  return (
    <>
      <PageHead title={say("title")} lead={say("lead")} />
      <Tabs
        activeKey={tab}
        onChange={(key) => void navigate(`/data/${key}`)}
        destroyOnHidden
        items={TABS.filter((one) => may(one.permission)).map((one) => ({
          key: one.key,
          label: say(one.key),
          children: one.content,
        }))}
      />
    </>
  );
}
