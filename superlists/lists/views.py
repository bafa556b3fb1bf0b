"""The pages: start a list, see a list, add to a list."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from superlists.lists.models import List


@require_safe
def home_page(request: HttpRequest) -> HttpResponse:
    """Invite a visitor to start a list; needs no database."""
    return render(request, "lists/home.html")


@require_POST
def new_list(request: HttpRequest) -> HttpResponse:
    """Start a list with its first item, or say why that item will not do."""
    text = request.POST.get("item_text", "")
    try:
        with transaction.atomic():
            new = List.objects.create()
            new.add(text)
    except ValidationError as error:
        return render(request, "lists/home.html", _refusal(text, error))
    return redirect(new)


@require_safe
def view_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """Show one list."""
    return render(request, "lists/list.html", {"list": get_object_or_404(List, pk=list_id)})


@require_POST
def add_item(request: HttpRequest, list_id: int) -> HttpResponse:
    """Add an item to a list, or show the list and say why the item will not do."""
    chosen = get_object_or_404(List, pk=list_id)
    text = request.POST.get("item_text", "")
    try:
        chosen.add(text)
    except ValidationError as error:
        return render(request, "lists/list.html", {"list": chosen, **_refusal(text, error)})
    return redirect(chosen)


def _refusal(text: str, error: ValidationError) -> dict[str, str]:
    return {"text": text, "error": error.messages[0]}
