"""The pages, asked through Django's test client."""

from html import escape

from django.test import Client, TestCase

from superlists.lists.models import DUPLICATE, EMPTY, Item, List
from superlists.lists.tests.quiet import QuietLog


class HomePageTest(QuietLog, TestCase):
    """The page on which a list is started."""

    def test_home__invites_to_start_a_list(self) -> None:
        response = self.client.get("/")
        self.assertTemplateUsed(response, "lists/home.html")
        self.assertContains(response, "<title>To-Do lists</title>", html=True)
        self.assertContains(response, "<h1>Start a new To-Do list</h1>", html=True)
        self.assertContains(response, 'action="/lists/new"')
        self.assertContains(response, 'id="id_new_item" name="item_text"')
        self.assertContains(response, 'placeholder="Enter a to-do item"')

    def test_home__needs_no_database(self) -> None:
        with self.assertNumQueries(0):
            self.client.get("/")

    def test_home__refuses_a_post(self) -> None:
        response = self.client.post("/")
        self.assertEqual(response.status_code, 405)
        self.assertEqual(response.headers["Allow"], "GET, HEAD")


class NewListTest(QuietLog, TestCase):
    """Starting a list."""

    def test_new_list__saves_the_item_and_shows_the_list(self) -> None:
        response = self.client.post("/lists/new", {"item_text": "Buy peacock feathers"})
        item = Item.objects.get()
        self.assertEqual(item.text, "Buy peacock feathers")
        self.assertRedirects(response, f"/lists/{item.list_id}/")

    def test_new_list__refuses_an_empty_item(self) -> None:
        for data in ({"item_text": ""}, {"item_text": "  "}, {}):
            with self.subTest(data=data):
                response = self.client.post("/lists/new", data)
                self.assertContains(response, escape(EMPTY))
                self.assertTemplateUsed(response, "lists/home.html")
        self.assertEqual((List.objects.count(), Item.objects.count()), (0, 0))

    def test_new_list__gives_back_what_was_too_long(self) -> None:
        response = self.client.post("/lists/new", {"item_text": "x" * 201})
        self.assertContains(response, "at most 200 characters")
        self.assertContains(response, "x" * 201)

    def test_new_list__refuses_a_get(self) -> None:
        response = self.client.get("/lists/new")
        self.assertEqual(response.status_code, 405)
        self.assertEqual(response.headers["Allow"], "POST")


class ViewListTest(QuietLog, TestCase):
    """One list's page."""

    def test_view_list__shows_its_own_items_numbered(self) -> None:
        mine, other = List.objects.create(), List.objects.create()
        mine.add("Buy peacock feathers")
        other.add("Buy milk")
        mine.add("Make a fly")
        response = self.client.get(mine.get_absolute_url())
        self.assertTemplateUsed(response, "lists/list.html")
        self.assertContains(response, 'id="id_list_table"')
        self.assertContains(
            response, '<td><span class="count">1:</span> Buy peacock feathers</td>', html=True
        )
        self.assertContains(
            response, '<td><span class="count">2:</span> Make a fly</td>', html=True
        )
        self.assertNotContains(response, "Buy milk")

    def test_view_list__posts_back_to_itself(self) -> None:
        chosen = List.objects.create()
        response = self.client.get(chosen.get_absolute_url())
        self.assertContains(response, f'action="/lists/{chosen.pk}/add_item"')

    def test_view_list__shows_markup_as_text(self) -> None:
        chosen = List.objects.create()
        chosen.add("<script>alert(1)</script>")
        response = self.client.get(chosen.get_absolute_url())
        self.assertContains(response, "&lt;script&gt;alert(1)&lt;/script&gt;")
        self.assertNotContains(response, "<script")

    def test_view_list__unknown_list_is_a_404(self) -> None:
        for unknown in ("1", "99999999999999999999999999"):
            with self.subTest(unknown=unknown):
                response = self.client.get(f"/lists/{unknown}/")
                self.assertContains(response, "Not Found (404)", status_code=404)


class AddItemTest(QuietLog, TestCase):
    """Adding to a list."""

    def setUp(self) -> None:
        super().setUp()
        self.other, self.chosen = List.objects.create(), List.objects.create()
        self.address = f"/lists/{self.chosen.pk}/add_item"

    def test_add_item__saves_to_that_list_and_shows_it(self) -> None:
        response = self.client.post(self.address, {"item_text": "Make a fly"})
        self.assertEqual(Item.objects.get().list, self.chosen)
        self.assertRedirects(response, self.chosen.get_absolute_url())

    def test_add_item__refuses_an_empty_item(self) -> None:
        self.chosen.add("Buy peacock feathers")
        response = self.client.post(self.address, {"item_text": " "})
        self.assertContains(response, escape(EMPTY))
        self.assertContains(response, "Buy peacock feathers")
        self.assertEqual(Item.objects.count(), 1)

    def test_add_item__refuses_what_is_there(self) -> None:
        self.chosen.add("Make a fly")
        response = self.client.post(self.address, {"item_text": "Make a fly"})
        self.assertContains(response, escape(DUPLICATE))
        self.assertContains(response, 'value="Make a fly"')
        self.assertEqual(Item.objects.count(), 1)

    def test_add_item__unknown_list_is_a_404(self) -> None:
        response = self.client.post("/lists/404/add_item", {"item_text": "Make a fly"})
        self.assertEqual(response.status_code, 404)
        self.assertEqual(Item.objects.count(), 0)

    def test_add_item__refuses_a_get(self) -> None:
        response = self.client.get(self.address)
        self.assertEqual(response.status_code, 405)
        self.assertEqual(response.headers["Allow"], "POST")


class CsrfTest(QuietLog, TestCase):
    """Forms that another site sends."""

    def setUp(self) -> None:
        super().setUp()
        self.client = Client(enforce_csrf_checks=True)

    def test_csrf__refuses_a_post_without_a_token(self) -> None:
        chosen = List.objects.create()
        for address in ("/lists/new", f"/lists/{chosen.pk}/add_item"):
            with self.subTest(address=address):
                response = self.client.post(address, {"item_text": "Make a fly"})
                self.assertContains(response, "Forbidden (403)", status_code=403)
                self.assertTemplateUsed(response, "403_csrf.html")
        self.assertEqual(Item.objects.count(), 0)

    def test_csrf__takes_the_token_of_the_page(self) -> None:
        token = str(self.client.get("/").context["csrf_token"])
        data = {"item_text": "Make a fly", "csrfmiddlewaretoken": token}
        self.assertEqual(self.client.post("/lists/new", data).status_code, 302)
