// The bar at the top: the product, the stage, light or dark, and who is signed in.

import TopNavigation from "@cloudscape-design/components/top-navigation";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useMe } from "../api/me";
import { chooseAppearance, currentAppearance } from "./appearance";
import { useConfig } from "./configContext";

export function TopBar({ signOut }: { signOut: () => void }) {
  const config = useConfig();
  const navigate = useNavigate();
  const { me } = useMe();
  const [appearance, setAppearance] = useState(currentAppearance);
  const other = appearance === "dark" ? "light" : "dark";
  return (
    <TopNavigation
      identity={{
        href: "/overview",
        title: "Sluice",
        logo: { src: "/sluice.svg", alt: "" },
        onFollow: (event) => {
          event.preventDefault();
          navigate("/overview");
        },
      }}
      utilities={[
        {
          type: "button",
          text: `${other === "dark" ? "Dark" : "Light"} mode`,
          onClick: () => {
            chooseAppearance(other);
            setAppearance(other);
          },
        },
        {
          type: "menu-dropdown",
          text: me?.name ?? "",
          // It begins with what is seen, so that it can be called by that.
          ariaLabel: me ? `${me.name}, account` : "Account",
          description: me ? `${me.role ?? "no group"} · stage ${config.stage}` : undefined,
          iconName: "user-profile",
          items: [{ id: "out", text: "Sign out" }],
          onItemClick: signOut,
        },
      ]}
    />
  );
}
