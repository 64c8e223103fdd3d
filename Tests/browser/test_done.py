"""What was done to many orders, found again after its page was left, and taken back; and all that match, chosen without scripts."""
from page import sign_in
from playwright.sync_api import expect
from support import wait_for
from test_orders import OrdersCase


class WhatWasDone(OrdersCase):
    def plain(self, path):
        """A page without scripts."""
        page = self.open(java_script_enabled=False)
        sign_in(page, self.hub.url, self.hub.token)
        page.goto(f"{self.hub.url}/{path}")
        return page

    def test_a_saved_batch_is_taken_back_when_its_page_was_left_long_ago(self):
        rows = self.take_in([("BACK-1", {}), ("BACK-2", {})])
        cells = [{"order": row["id"], "cells": {"shipTo.postcode": {"seen": row["shipTo.postcode"], "value": "10120"}}} for row in rows.values()]
        self.hub.api("POST", "order-edits", {"edits": cells})
        page = self.grid()
        page.get_by_role("link", name="What you did").click()
        row = page.get_by_role("row").filter(has_text="2 cells in 2 orders").first
        row.get_by_role("button", name="Take back").click()
        expect(page.get_by_text("Taken back in 2 orders.")).to_be_visible()
        expect(page.get_by_role("row").filter(has_text="It was taken back.")).to_have_count(1)
        for number in rows:
            self.assertEqual(self.find(number)["shipTo.postcode"], "10110")

    def test_a_bulk_action_is_found_again(self):
        rows = self.take_in([("AGAIN-1", {})])
        self.hub.api("POST", "order-bulk", {"action": "tag", "tag": "again", "ids": [row["id"] for row in rows.values()]})
        page = self.plain("orders/done")
        page.get_by_role("link", name="Tag: again").click()
        expect(page.get_by_role("heading", name="Tag: again")).to_be_visible()

    def test_all_that_match_are_named_by_their_filter_where_scripts_are_blocked(self):
        rows = self.take_in([(f"EVERY-{index}", {}) for index in range(3)])
        page = self.plain("orders?search=every")
        page.get_by_label("All that match").check()
        page.get_by_role("button", name="Approve").click()
        expect(page.locator("input[name=ids]")).to_have_count(0)
        page.get_by_role("button", name="Approve").click()
        for number in rows:
            wait_for("the approval", lambda: self.find(number)["workflow"] != "new")
