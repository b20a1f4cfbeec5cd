import { Tabs } from "antd";
import { useNavigate, useParams } from "react-router";
import { useSession } from "@/app/session";
import { PageHead } from "@/parts/PageHead";
import { useWords } from "@/words/words";
import { Audit } from "./Audit";
import { Health } from "./Health";
import { Password } from "./Password";
import { Receivers } from "./Receivers";
import { Sessions } from "./Sessions";
import { Tokens } from "./Tokens";
import { Users } from "./Users";
import { words } from "./words";

const TABS = [
  { key: "health", permission: "operation.read", content: <Health /> },
  { key: "receivers", permission: "receivers.read", content: <Receivers /> },
  { key: "users", permission: "users.read", content: <Users /> },
  { key: "tokens", permission: "tokens.read", content: <Tokens /> },
  { key: "audit", permission: "audit.read", content: <Audit /> },
  { key: "sessions", permission: null, content: <Sessions /> },
  { key: "password", permission: null, content: <Password /> },
] as const;

/** How zuji is doing, and who may do what. Sessions and one's password are everybody's. */
export default function Operate() {
  const say = useWords(words);
  const { may } = useSession();
  const navigate = useNavigate();
  const named = useParams()["*"];
  const tabs = TABS.filter((one) => one.permission === null || may(one.permission));
  return (
    <>
      <PageHead title={say("title")} lead={say("lead")} />
      <Tabs
        activeKey={named || tabs[0]?.key || "sessions"}
        onChange={(key) => void navigate(`/operate/${key}`)}
        destroyOnHidden
        items={tabs.map((one) => ({ key: one.key, label: say(one.key), children: one.content }))}
      />
    </>
  );
}
