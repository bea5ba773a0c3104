"""Tests of a shop in Python against the sandbox: python3 -m unittest"""

import unittest

from sandbox import Sandbox, ServiceError


class ShopTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sandbox = Sandbox("--clock", "still")
        cls.addClassCleanup(cls.sandbox.__exit__)

    def setUp(self):
        # The same shop, with the same ids, for every test.
        self.sandbox.control("reset")
        self.sandbox.control("seed")

    def test_a_price_change_is_seen_by_the_next_order(self):
        price = self.sandbox.call("GET", "prices?filter[q][sku_code_eq]=MUG-CERAMIC")["data"][0]
        self.sandbox.call(
            "PATCH", f"prices/{price['id']}", {"type": "prices", "id": price["id"], "attributes": {"amount_cents": 999}}
        )
        market = self.sandbox.call("GET", "markets")["data"][0]
        order = self.sandbox.call(
            "POST",
            "orders",
            {"type": "orders", "relationships": {"market": {"data": {"type": "markets", "id": market["id"]}}}},
        )["data"]
        line = self.sandbox.call(
            "POST",
            "line_items",
            {
                "type": "line_items",
                "attributes": {"sku_code": "MUG-CERAMIC", "quantity": 2},
                "relationships": {"order": {"data": {"type": "orders", "id": order["id"]}}},
            },
        )["data"]
        self.assertEqual(line["attributes"]["total_amount_cents"], 2 * 999)

    def test_a_token_ends_when_the_clock_is_moved(self):
        with Sandbox("--clock", "still") as sandbox:
            self.assertEqual(sandbox.call("GET", "skus")["meta"]["record_count"], 0)
            sandbox.control("time", {"advance": 24 * 60 * 60})
            with self.assertRaises(ServiceError) as rejected:
                sandbox.call("GET", "skus")
            self.assertEqual(rejected.exception.status, 401)

    def test_a_missing_attribute_is_named(self):
        with self.assertRaises(ServiceError) as rejected:
            self.sandbox.call("POST", "skus", {"type": "skus", "attributes": {"name": "Without a code"}})
        self.assertEqual(rejected.exception.status, 422)
        self.assertIn("/data/attributes/code", [error["source"]["pointer"] for error in rejected.exception.errors])


if __name__ == "__main__":
    unittest.main()
