/** The door: sign in, or use a one-time link. */

import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { ApiError } from "@/api/client";
import { usePreferences } from "@/app/preferences";
import { useSignIn } from "@/app/session";
import { Mark } from "@/parts/Mark";
import { useToldText } from "@/parts/Said";
import { useWords } from "@/words/words";
import "./door.css";
import { words } from "./words";

const SHORTEST_PASSWORD = 10;

export default function Door() {
  const say = useWords(words);
  const { language, setLanguage } = usePreferences();
  const isWelcome = location.hash.startsWith("#/welcome");
  return (
    <div className="door">
      <div className="door-sheet">
        <div className="door-head">
          <Mark size={52} />
          <h1>{say(isWelcome ? "welcome" : "signIn")}</h1>
          <p>{say(isWelcome ? "welcomeLead" : "lead")}</p>
        </div>
        {isWelcome ? <Welcome /> : <SignIn />}
        <Button type="link" onClick={() => setLanguage(language === "en" ? "zh" : "en")}>
          {say("language")}
        </Button>
      </div>
    </div>
  );
}

/** What a refused attempt is told: never which of the two was wrong. */
function useAttempt(path: "/session" | "/session/welcome", after: () => void) {
  const say = useWords(words);
  const signIn = useSignIn();
  const [problem, setProblem] = useState("");
  const [isTrying, setTrying] = useState(false);
  const told = useToldText();
  const attempt = async (body: Record<string, unknown>) => {
    setTrying(true);
    setProblem("");
    try {
      await signIn(path, body);
      after();
    } catch (failure) {
      const status = failure instanceof ApiError ? failure.status : 0;
      const refused = path === "/session" && status === 401;
      setProblem(refused ? say("wrong") : status === 429 ? say("wait") : told(failure as Error));
    } finally {
      setTrying(false);
    }
  };
  return { attempt, problem, isTrying };
}

function SignIn() {
  const say = useWords(words);
  const { attempt, problem, isTrying } = useAttempt("/session", () => {});
  const rules = [{ required: true, message: say("needed") }];
  return (
    <Form layout="vertical" requiredMark={false} onFinish={(told) => void attempt(told as Record<string, unknown>)}>
      {problem && <Alert type="error" title={problem} showIcon role="alert" className="door-problem" />}
      <Form.Item name="login" label={say("login")} rules={rules}>
        <Input autoComplete="username" autoFocus size="large" />
      </Form.Item>
      <Form.Item name="password" label={say("password")} rules={rules}>
        <Input.Password autoComplete="current-password" size="large" />
      </Form.Item>
      <Button type="primary" htmlType="submit" size="large" block loading={isTrying}>
        {say("signIn")}
      </Button>
      <p className="soft door-note">{say("forgot")}</p>
    </Form>
  );
}

function Welcome() {
  const say = useWords(words);
  const { language } = usePreferences();
  const link = new URLSearchParams(location.hash.split("?")[1] ?? "");
  const code = link.get("code");
  const isReset = link.has("login"); // a link for a new password names whose it is
  const { attempt, problem, isTrying } = useAttempt("/session/welcome", () => {
    location.hash = "#/"; // the code is used up, and is nobody's business in the history
  });
  const needed = { required: true, message: say("needed") };
  if (!code) return <Alert type="warning" title={say("noCode")} showIcon />;
  return (
    <Form layout="vertical" requiredMark={false} onFinish={(told) => void attempt({ ...(told as Record<string, string>), code, language })}>
      {problem && <Alert type="error" title={problem} showIcon role="alert" className="door-problem" />}
      {!isReset && (
        <>
          <Form.Item name="name" label={say("name")} rules={[needed]}>
            <Input autoComplete="name" autoFocus size="large" />
          </Form.Item>
          <Form.Item name="login" label={say("login")} rules={[needed]}>
            <Input autoComplete="username" size="large" />
          </Form.Item>
        </>
      )}
      <Form.Item
        name="password"
        label={say("password")}
        extra={say("rule")}
        rules={[needed, { min: SHORTEST_PASSWORD, message: say("tooShort") }]}
      >
        <Input.Password autoComplete="new-password" size="large" />
      </Form.Item>
      <Button type="primary" htmlType="submit" size="large" block loading={isTrying}>
        {say("begin")}
      </Button>
    </Form>
  );
}
