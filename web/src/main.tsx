import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Console } from "@/app/Console";
import { giveNonceToStyles } from "@/app/nonce";
import "@/app/style.css";

giveNonceToStyles();
const place = document.getElementById("console");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <Console />
    </StrictMode>,
  );
}
