"""/healthz and the error pages, with and without a database."""

from django.db import connection
from django.test import Client, TestCase, TransactionTestCase

from superlists.lists.models import Item, List
from superlists.lists.tests.quiet import QuietLog
from superlists.middleware import POLICY


class HealthyTest(QuietLog, TestCase):
    """A site whose database answers."""

    def test_healthz__is_ok(self) -> None:
        response = self.client.get("/healthz")
        self.assertEqual((response.status_code, response.content), (200, b"ok\n"))
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_healthz__reads_every_table(self) -> None:
        with self.assertNumQueries(2):
            self.client.get("/healthz")

    def test_healthz__answers_before_the_host_check(self) -> None:
        elsewhere = {"host": "10.9.8.7"}
        self.assertEqual(self.client.get("/healthz", headers=elsewhere).status_code, 200)
        self.assertEqual(self.client.get("/", headers=elsewhere).status_code, 400)

    def test_healthz__is_no_other_address(self) -> None:
        self.assertEqual(self.client.get("/healthz/").status_code, 404)


class WithoutTablesTest(QuietLog, TransactionTestCase):
    """A database that was never migrated."""

    def setUp(self) -> None:
        super().setUp()
        with connection.schema_editor() as editor:
            editor.delete_model(Item)
            editor.delete_model(List)
        self.client = Client(raise_request_exception=False)

    def tearDown(self) -> None:
        super().tearDown()
        with connection.schema_editor() as editor:
            editor.create_model(List)
            editor.create_model(Item)

    def test_healthz__says_503_and_logs_why(self) -> None:
        with self.assertLogs("superlists.middleware", "ERROR") as logs:
            response = self.client.get("/healthz")
        self.assertEqual((response.status_code, response.content), (503, b"unavailable\n"))
        self.assertIn("no such table: lists_list", logs.output[0])

    def test_home__works_all_the_same(self) -> None:
        self.assertEqual(self.client.get("/").status_code, 200)

    def test_new_list__is_a_500_that_tells_nothing(self) -> None:
        with self.assertLogs("django.request", "ERROR") as logs:
            response = self.client.post("/lists/new", {"item_text": "Make a fly"})
        self.assertContains(response, "Server Error (500)", status_code=500)
        self.assertNotContains(response, "lists_list", status_code=500)
        self.assertNotContains(response, "Traceback", status_code=500)
        self.assertIn("Internal Server Error: /lists/new", logs.output[0])
        self.assertIn("no such table: lists_list", logs.output[0])


class ErrorPageTest(QuietLog):
    """Pages for requests that go wrong without the database."""

    def test_404__tells_nothing(self) -> None:
        response = self.client.get("/no/such/page?secret=1")
        self.assertContains(response, "<h1>Not Found (404)</h1>", status_code=404, html=True)
        self.assertNotContains(response, "urlpatterns", status_code=404)
        self.assertNotContains(response, "no/such/page", status_code=404)

    def test_400__names_no_host_and_is_logged(self) -> None:
        with self.assertLogs("django.security.DisallowedHost", "ERROR") as logs:
            response = self.client.get("/", headers={"host": "evil.example"})
        self.assertContains(
            response, "<title>Bad Request (400)</title>", status_code=400, html=True
        )
        self.assertNotContains(response, "evil.example", status_code=400)
        self.assertNotContains(response, "To-Do", status_code=400)
        self.assertIn("evil.example", logs.output[0])


class HeaderTest(QuietLog):
    """What a browser is told besides the page."""

    def test_headers__on_every_kind_of_page(self) -> None:
        for address, host in (("/", "testserver"), ("/nothing", "testserver"), ("/", "evil")):
            with self.subTest(address=address, host=host):
                headers = self.client.get(address, headers={"host": host}).headers
                self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
                self.assertEqual(headers["Referrer-Policy"], "same-origin")
                self.assertEqual(headers["X-Frame-Options"], "DENY")
                self.assertEqual(headers["Cross-Origin-Opener-Policy"], "same-origin")
                self.assertEqual(headers["Content-Security-Policy"], POLICY)

    def test_cookie__is_out_of_reach_of_scripts_and_other_sites(self) -> None:
        cookie = self.client.get("/").cookies["csrftoken"]
        self.assertTrue(cookie["httponly"])
        self.assertEqual(cookie["samesite"], "Lax")

    def test_csp__fits_the_pages(self) -> None:
        page = self.client.get("/").content.decode()
        for forbidden in ("<script", "style=", "onclick", "http:", "https:", "//"):
            with self.subTest(forbidden=forbidden):
                self.assertNotIn(forbidden, page)
