import { UserOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";
import { shell } from "@/words/shell";
import { useWords } from "@/words/words";
import { type Theme, usePreferences } from "./preferences";
import { useSession } from "./session";

const THEMES: readonly Theme[] = ["light", "dark", "system"];

/** Language, light or dark, and the way out. */
export function AccountMenu() {
  const say = useWords(shell);
  const { user, role, signOut } = useSession();
  const { language, theme, setLanguage, setTheme } = usePreferences();
  const items = [
    {
      key: "who",
      type: "group" as const,
      label: `${user.name || user.login} · ${role}`,
      children: [{ key: "language", label: say("language") }],
    },
    { type: "divider" as const, key: "line" },
    {
      key: "theme",
      type: "group" as const,
      label: say("theme"),
      children: THEMES.map((one) => ({ key: one, label: `${one === theme ? "● " : "○ "}${say(one)}` })),
    },
    { type: "divider" as const, key: "line2" },
    { key: "out", label: say("signOut") },
  ];
  const chosen = ({ key }: { key: string }) => {
    if (key === "language") setLanguage(language === "en" ? "zh" : "en");
    else if (key === "out") void signOut();
    else setTheme(key as Theme);
  };
  return (
    <Dropdown menu={{ items, onClick: chosen }} trigger={["click"]} placement="bottomRight">
      <Button type="text" icon={<UserOutlined />} aria-label={`${say("account")}: ${user.name || user.login}`}>
        <span className="only-wide">{user.name || user.login}</span>
      </Button>
    </Dropdown>
  );
}
