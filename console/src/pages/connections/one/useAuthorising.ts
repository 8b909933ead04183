// Begins the authorisation of a connection whose connector asks for a person in a browser.

import { useEffect } from "react";
import { api, type Model } from "../../../api/client";
import { useMe } from "../../../api/me";
import { useNews } from "../../../shell/News";
import { redirectUri, remember } from "./authorising";

/** `isPossible`: whether the connector is authorised in a browser and this person may; `begin` leaves the console. */
export function useAuthorising({ name, connector }: Pick<Model<"ConnectionModel">, "name" | "connector">) {
  const { may } = useMe();
  const news = useNews();
  const about = api.useQuery(
    "get",
    "/connectors/{name}",
    { params: { path: { name: connector } } },
    { staleTime: 60_000 },
  );
  const beginning = api.useMutation("post", "/connections/{name}/authorizations", {
    onSuccess: (begun) => {
      try {
        remember(begun.address, name);
        window.location.assign(begun.address);
      } catch (error) {
        news.complain(error, "The authorisation could not be begun");
      }
    },
    onError: (error) => news.complain(error, "The authorisation could not be begun"),
  });
  const { reset } = beginning;
  useEffect(() => {
    // Whoever goes back from the vendor's page finds this one as it was left: it can be begun again.
    const onShow = (event: PageTransitionEvent) => event.persisted && reset();
    window.addEventListener("pageshow", onShow);
    return () => window.removeEventListener("pageshow", onShow);
  }, [reset]);
  const isMeant = about.data?.authentication === "oauth2_authorization_code";
  return {
    isPossible: isMeant && may("POST /connections/{name}/authorizations"),
    isBusy: beginning.isPending || beginning.isSuccess,
    begin: () => beginning.mutate({ params: { path: { name } }, body: { redirect_uri: redirectUri() } }),
  };
}
